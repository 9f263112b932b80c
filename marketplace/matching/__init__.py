"""The eligibility index: which campaigns a commune may fund, most local first."""
