package kubo

import (
	"strconv"
	"strings"
)

// Multipart is a form with content as its file and further fields, as a content type and a body.
func Multipart(content []byte, fields ...[2]string) (contentType, body string) {
	boundary := boundaryFor(content)
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + f[0] + "\"\r\n\r\n" + f[1] + "\r\n")
	}
	b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"content\"\r\n" +
		"Content-Type: application/octet-stream\r\n\r\n")
	b.Write(content)
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return "multipart/form-data; boundary=" + boundary, b.String()
}

// boundaryFor is a boundary that the content does not hold.
func boundaryFor(content []byte) string {
	for i := 0; ; i++ {
		if b := "tracedge-" + strconv.Itoa(i); !strings.Contains(string(content), b) {
			return b
		}
	}
}

// Plausible tells what may be a CID from what must not get into a record.
func Plausible(cid string) bool {
	return len(cid) >= 10 && len(cid) <= 128 && strings.Trim(cid, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}
