"""Help that is not money: offered on the page of a campaign, answered by its owners."""
