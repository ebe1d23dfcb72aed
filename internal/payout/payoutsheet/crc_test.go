package payoutsheet

import "testing"

func TestCRC(t *testing.T) {
	for text, want := range map[string]uint16{"": 0xFFFF, "123456789": 0x29B1, "A": 0xB915} {
		if got := crc16(text); got != want {
			t.Errorf("%q: %04X, want %04X", text, got, want)
		}
	}
}
