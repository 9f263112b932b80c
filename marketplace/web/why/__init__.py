"""Why the rule answers yes or no: the explanation of `flask locality explain`, as a page."""
