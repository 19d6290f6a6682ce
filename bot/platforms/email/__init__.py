"""Letters by mail, one to each reader, through the mail server that the settings name. Nothing comes in this way."""
