package postactions_test

import (
	"strings"
	"testing"

	"tracedge/core/circuits/postactions"
)

func TestCheckURL(t *testing.T) {
	for _, url := range []string{
		"https://hooks.farm.example/in?a=b#c", "http://hooks.farm.example:8080/", "HTTPS://Hooks.Farm.Example.", "https://8.8.8.8/", "http://1.1/",
		"https://[2606:4700::1111]/", "https://[::ffff:8.8.8.8]/", "https://a-b_c.example:443", "https://a.example:80", "https://a.example:1024",
		"https://notlocal.example/", "https://0x08.0x08.0x08.0x08/", "https://a.example:", "https://1password.com/", "https://xn--caf-dma.example/",
		"https://172.32.0.1/", "https://100.128.0.1/", "https://192.0.1.1/", "https://223.255.255.255/",
	} {
		if why := postactions.CheckURL(url, "api.farm.example"); why != "" {
			t.Errorf("%s: %s", url, why)
		}
	}
	for _, url := range []string{
		"", "hooks.farm.example", "/in", "//hooks.farm.example", "ftp://hooks.farm.example", "file:///etc/passwd", "gopher://a.example", "https:",
		"https:a.example", "https:///a.example", "https://", " https://a.example", "https://a.example\n", "https://a.example\\@127.0.0.1/", "javascript:alert(1)",
		"https://u@a.example/", "https://u:p@a.example/", "https://@a.example/", "https://a.example:22/", "https://a.example:1023", "https://a.example:0",
		"https://a.example:65536", "https://a.example:x", "https://a.example:-1",
		"https://hooks/", "https://localhost", "https://LOCALHOST./", "https://a.localhost", "https://printer.local", "https://metadata.google.internal/",
		"https://internal", "https://router.home.arpa", "https://home.arpa", "https://api.farm.example/", "https://API.farm.example.:8443/",
		"https://a..example", "https://.example", "https://a.example..", "https://ex ample.com", "https://a%2eexample.com/%00", "https://１２７.0.0.1/",
		"https://loc\u00adalhost.example/", "https://127。0。0。1/", "https://" + strings.Repeat("a", 64) + ".example",
		"https://127.0.0.1", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0x7f.1", "https://0177.0.0.1", "https://017700000001",
		"https://127.0.0.1.", "https://0", "https://0.0.0.0", "https://0x", "https://10.1.2.3", "https://100.64.0.1", "https://100.127.255.255",
		"https://169.254.169.254/latest", "https://0xa9fea9fe/", "https://172.16.0.1", "https://172.31.255.255", "https://192.0.0.8", "https://192.0.2.1",
		"https://192.168.1.1", "https://198.18.0.1", "https://198.19.255.255", "https://198.51.100.1", "https://203.0.113.9", "https://224.0.0.1",
		"https://255.255.255.255", "https://4294967296", "https://1.2.3.4.5", "https://256.1.1.1", "https://1.2.3.256", "https://08.1.1.1", "https://a.1",
		"https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]", "https://[64:ff9b::7f00:1]/",
		"https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[2606::1%25eth0]/", "https://[fc00::1]/", "https://[fd12::1]/", "https://[ff02::1]/",
		"https://[2001::1]/", "https://[2001:db8::1]/", "https://[2002:7f00:1::]/", "https://[4000::1]/", "https://[1::1", "https://[v1.a]/",
		"https://a.example/" + strings.Repeat("a", 2048),
	} {
		if postactions.CheckURL(url, "api.farm.example") == "" {
			t.Errorf("%q passes", url)
		}
	}
}

// No text makes the check fail, and what it lets pass is short and names no address inside.
func FuzzCheckURL(f *testing.F) {
	f.Add("https://hooks.farm.example/in")
	f.Add("https://0x7f.1")
	f.Add("https://[::ffff:127.0.0.1]:443")
	f.Fuzz(func(t *testing.T, text string) {
		if postactions.CheckURL(text) == "" && (len(text) > 2048 || strings.Contains(text, "://127.") || strings.Contains(text, "://[::")) &&
			!strings.Contains(text, "://[::ffff:") && !strings.Contains(text, "://[::FFFF:") {
			t.Errorf("%q passes", text)
		}
	})
}
