"""Ways to load what the rows did not bring: one file each, all by batches of objects."""
