"""Pages where administrators name territories: "territoires de projet"."""
