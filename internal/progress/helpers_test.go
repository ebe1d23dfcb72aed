package progress_test

import "matbang/internal/vnd"

func vndOf(n int64) vnd.Amount { return vnd.Amount(n) }
