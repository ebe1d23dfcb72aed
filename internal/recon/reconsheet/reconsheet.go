// Package reconsheet is the minutes in which we and the treasury agree on the figures of a period.
package reconsheet
