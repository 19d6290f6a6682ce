"""WeCom (企业微信): the association's own app, its groups and its AI bot."""
