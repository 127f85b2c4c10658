"""Erasure of a person (个人信息保护法, article 47): what goes, what law keeps, and the deed."""
