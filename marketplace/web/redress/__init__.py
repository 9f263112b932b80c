"""What people may ask once something is public or decided: report, complain, correct, cancel, have looked at again."""
