"""Boot media: an installer's ISO with Zeus on it, made on a stream by xorriso, and what is inside of one."""
