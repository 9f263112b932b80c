"""The living style page: every token and component, with content like that of the product."""
