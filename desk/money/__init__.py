"""Pages of money: schemes and rates, cycles, batches, accounts, orders, bank lists."""
