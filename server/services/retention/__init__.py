"""个人信息保存多久: positions and photos are erased kind by kind when their time is over."""
