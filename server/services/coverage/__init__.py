"""村庄覆盖: populations of villages, which station serves which, agreements of cooperation."""
