"""Is this a working XenAPI host? Checks with their evidence, and facts for the report; nothing is changed."""
