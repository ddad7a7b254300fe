"""What music is there?  Collections, artists, albums, tracks and their files: rows, import and lists."""
