"""What the law asks of investors, as pages."""
