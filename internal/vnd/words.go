package vnd

import "strings"

var (
	digitNames = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}
	scaleNames = [...]string{"", " nghìn", " triệu", " tỷ", " nghìn tỷ", " triệu tỷ"}
)

// Words reads the amount aloud in Vietnamese, as payment papers want it: 20.000 → "hai mươi nghìn đồng".
func (a Amount) Words() string {
	if a == 0 {
		return "không đồng"
	}
	n := magnitude(int64(a))
	var groups []int
	for ; n > 0; n /= 1000 {
		groups = append(groups, int(n%1000))
	}
	var parts []string
	for i := len(groups) - 1; i >= 0; i-- {
		if groups[i] > 0 {
			parts = append(parts, readGroup(groups[i], i < len(groups)-1)+scaleNames[i])
		}
	}
	text := joinScales(parts) + " đồng"
	if a < 0 {
		return "âm " + text
	}
	return text
}

// joinScales drops a "tỷ" that would be said twice: 1.200 tỷ is "một nghìn hai trăm tỷ".
func joinScales(parts []string) string {
	for i := 0; i+1 < len(parts); i++ {
		if strings.HasSuffix(parts[i+1], " tỷ") {
			parts[i] = strings.TrimSuffix(parts[i], " tỷ")
		}
	}
	return strings.Join(parts, " ")
}

func readGroup(n int, inner bool) string {
	var words []string
	hundreds, tens, ones := n/100, n/10%10, n%10
	if hundreds > 0 || inner {
		words = append(words, digitNames[hundreds], "trăm")
	}
	switch {
	case tens == 0 && ones > 0 && len(words) > 0:
		words = append(words, "linh")
	case tens == 1:
		words = append(words, "mười")
	case tens > 1:
		words = append(words, digitNames[tens], "mươi")
	}
	if ones > 0 {
		words = append(words, readOnes(tens, ones))
	}
	return strings.Join(words, " ")
}

func readOnes(tens, ones int) string {
	switch {
	case ones == 1 && tens > 1:
		return "mốt"
	case ones == 5 && tens > 0:
		return "lăm"
	default:
		return digitNames[ones]
	}
}
