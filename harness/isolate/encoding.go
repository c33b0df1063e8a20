package isolate

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
	"tracedge/harness/isolate/whatwg"
)

// installEncoding gives the prelude conversions between text and bytes.
func (i *isolate) installEncoding() {
	i.def("encode", func(call sobek.FunctionCall) sobek.Value {
		return i.bytes([]byte(call.Argument(0).String()))
	})
	i.def("encodeInto", i.encodeInto)
	i.def("decode", func(call sobek.FunctionCall) sobek.Value {
		return i.rt.ToValue(gojs.DecodeUTF8(i.wantBytes(call.Argument(0))))
	})
	i.def("decodeWith", i.decodeWith)
	i.def("unfinished", func(call sobek.FunctionCall) sobek.Value {
		return i.rt.ToValue(unfinished(i.wantBytes(call.Argument(0))))
	})
	i.def("concat", i.concat)
	i.def("atob", func(call sobek.FunctionCall) sobek.Value {
		data, err := whatwg.DecodeBase64(call.Argument(0).String())
		if err != nil {
			return sobek.Null()
		}
		return i.rt.ToValue(latin1(data))
	})
	i.def("btoa", func(call sobek.FunctionCall) sobek.Value {
		var data []byte
		for _, r := range call.Argument(0).String() {
			if r > 0xFF {
				return sobek.Null()
			}
			data = append(data, byte(r))
		}
		return i.rt.ToValue(base64.StdEncoding.EncodeToString(data))
	})
}

// encodeInto writes as many whole characters of a text as there is room for, and
// tells how many units of the text and how many bytes these are.
func (i *isolate) encodeInto(call sobek.FunctionCall) sobek.Value {
	text, target := call.Argument(0).String(), i.wantBytes(call.Argument(1))
	read, written := 0, 0
	for _, r := range text {
		size := utf8.RuneLen(r)
		if written+size > len(target) {
			break
		}
		written += size
		read += utf16.RuneLen(r)
	}
	copy(target, text[:written])
	result := i.rt.NewObject()
	_ = result.Set("read", read)
	_ = result.Set("written", written)
	return result
}

// decodeWith decodes bytes with the options of TextDecoder: fatal and ignoreBOM.
func (i *isolate) decodeWith(call sobek.FunctionCall) sobek.Value {
	data := i.wantBytes(call.Argument(0))
	if call.Argument(1).ToBoolean() && !utf8.Valid(data) {
		panic(i.rt.NewTypeError("The encoded data was not valid for encoding utf-8"))
	}
	if call.Argument(2).ToBoolean() {
		return i.rt.ToValue(gojs.ReplaceInvalidUTF8(string(data)))
	}
	return i.rt.ToValue(gojs.DecodeUTF8(data))
}

// unfinished is the length of the sequence at the end of data that more bytes
// could complete.
func unfinished(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		if tail := data[len(data)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n
			}
			return 0
		}
	}
	return 0
}

func (i *isolate) concat(call sobek.FunctionCall) sobek.Value {
	var chunks [][]byte
	total := 0
	i.rt.ForOf(call.Argument(0), func(chunk sobek.Value) bool {
		b := i.wantBytes(chunk)
		chunks = append(chunks, b)
		total += len(b)
		return true
	})
	all := make([]byte, 0, total)
	for _, b := range chunks {
		all = append(all, b...)
	}
	return i.bytes(all)
}

// latin1 makes a string with one character per byte.
func latin1(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		b.WriteRune(rune(c))
	}
	return b.String()
}
