// Package payoutsheet is the files that leave with a payout order and come back with its results.
package payoutsheet
