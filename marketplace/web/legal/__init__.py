"""Pages of text: how it works, the rule, fees and risks, and what the law wants said. And the choice of language."""
