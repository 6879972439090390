"""XCP-ng's and XenServer's answer files (XML) into ours. Pure: bytes in, the text of our file and messages out."""
