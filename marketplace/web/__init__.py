"""The HTML door. Parse, call one service inside one transaction, answer."""
