"""What will live here? Ratings, listening events, telemetry and their exports. Empty until they arrive."""
