"""Where one lives: declaring, moving, proving; and the administrators' list of requests."""
