package payoutsheet

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"matbang/internal/fault"
	"matbang/internal/payout"
)

// qrMemo is the longest memo that banks' programs take from a picture.
const qrMemo = 25

// VietQR is the text of a payment picture by the EMVCo merchant-presented form, as NAPAS uses it: tag, length of two digits, value; the last
// is a checksum over everything before it. Refuses a bank without a known number, an account or amount that does not fit.
func VietQR(r payout.PaperRow) (string, error) {
	account := alnum(r.AccountNo)
	if len(r.BankBIN) != 6 {
		return "", fault.Conflicting("payout.bank_unknown", r.BankName)
	}
	if account == "" || len(account) > 19 || r.Amount <= 0 {
		return "", fault.Conflicting("payout.paper_account", r.Code)
	}
	memo := alnum(r.Code)
	if len(memo) > qrMemo {
		return "", fault.Conflicting("payout.paper_memo", r.Code, qrMemo)
	}
	text := tlv("00", "01") + tlv("01", "12") +
		tlv("38", tlv("00", "A000000727")+tlv("01", tlv("00", r.BankBIN)+tlv("01", account))+tlv("02", "QRIBFTTA")) +
		tlv("53", "704") + tlv("54", strconv.FormatInt(int64(r.Amount), 10)) + tlv("58", "VN") + tlv("62", tlv("08", memo)) + "6304"
	return text + fmt.Sprintf("%04X", crc16(text)), nil
}

// tlv is one field; its value has at most 99 characters, which the limits above keep.
func tlv(tag, value string) string { return fmt.Sprintf("%s%02d%s", tag, len(value), value) }

// crc16 is CRC-16/CCITT-FALSE: polynomial 1021, beginning with FFFF.
func crc16(text string) uint16 {
	sum := uint16(0xFFFF)
	for i := range len(text) {
		sum ^= uint16(text[i]) << 8
		for range 8 {
			if sum&0x8000 != 0 {
				sum = sum<<1 ^ 0x1021
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}

// Picture is a QR code as the outline of its dark squares, for an SVG of Size units a side with the quiet border in it.
type Picture struct {
	Size int
	Path string
}

const quiet = 4

// QR draws a text.
func QR(text string) (Picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Picture{}, err
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return Picture{size + 2*quiet, path.String()}, nil
}
