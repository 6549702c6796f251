"""Components are killed under load; whatever was acknowledged must be found again."""
