// Package id gives every kind of thing its own integer type, so that mixing two kinds does not compile.
package id

// The database's keys. They never appear in an address: pages and the API use codes.
type (
	User      int64
	Unit      int64
	Ward      int64
	Project   int64
	Entry     int64
	Obstacle  int64
	Holder    int64
	Party     int64
	Parcel    int64
	Case      int64
	Plan      int64
	Award     int64
	Order     int64
	Payment   int64
	Journal   int64
	Account   int64
	Statement int64
	Line      int64
	Run       int64
	Match     int64
	Voucher   int64
	Milestone int64
	Baseline  int64
	Package   int64
	Contract  int64
	Guarantee int64
	Bill      int64
	Violation int64
)
