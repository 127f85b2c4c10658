"""WeChat: who somebody is, messages, round codes, content checks; an account of the owner's own."""
