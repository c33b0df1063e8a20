package identifier

// The check digits of tax numbers: each follows from the digits before it by a weighted sum.

// cpfDigits checks digits 10 and 11 of a value that has the form of a CPF.
func cpfDigits(v string) bool {
	d := onlyDigits(v)
	return d[9] == checkDigit(d[:9], descending(10)) && d[10] == checkDigit(d[:10], descending(11))
}

// cnpjDigits checks digits 13 and 14 of a value that has the form of a CNPJ.
func cnpjDigits(v string) bool {
	d := onlyDigits(v)
	return d[12] == checkDigit(d[:12], cyclic(5)) && d[13] == checkDigit(d[:13], cyclic(6))
}

func checkDigit(digits string, weight func(n int) int) byte {
	sum := 0
	for n := range len(digits) {
		sum += int(digits[n]-'0') * weight(n)
	}
	if rest := sum % 11; rest >= 2 {
		return byte('0' + 11 - rest)
	}
	return '0'
}

// descending weights begin at from and go down.
func descending(from int) func(int) int { return func(n int) int { return from - n } }

// cyclic weights begin at from, go down to 2 and on from 9.
func cyclic(from int) func(int) int { return func(n int) int { return (from-2-n+8)%8 + 2 } }
