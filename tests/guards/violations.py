"""Statements that a constraint may refuse: one row changed, one row written again."""


def change(table: str, what: str, where: str = "true") -> str:
    """Change one row."""
    return f"UPDATE {table} SET {what} WHERE ctid = (SELECT ctid FROM {table} WHERE {where} LIMIT 1)"


def twice(table: str, *fresh: str, where: str = "true") -> str:
    """Write one row again; fresh: columns that are an id of their own each time."""
    new = ", ".join(f"'{column}', gen_random_uuid()" for column in fresh)
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(s) || jsonb_build_object({new}))).*"
        f" FROM {table} s WHERE {where} LIMIT 1"
    )
