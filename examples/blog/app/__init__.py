"""A blog with users, posts, tags and workspaces: what a FastAPI application on Sublimate looks like."""
