// Command curl does what documents ask of curl, for machines that have none: -s, -X, -H, -d and a URL.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

type headers []string

func (h *headers) String() string { return "" }

func (h *headers) Set(text string) error {
	*h = append(*h, text)
	return nil
}

func main() {
	var fields headers
	flag.Bool("s", false, "")
	method := flag.String("X", "", "")
	body := flag.String("d", "", "")
	flag.Var(&fields, "H", "")
	url := ""
	for args := os.Args[1:]; len(args) > 0; args = flag.Args() { // a URL may stand between flags
		_ = flag.CommandLine.Parse(args) // it exits on an error
		if flag.NArg() > 0 {
			url = flag.Arg(0)
			_ = flag.CommandLine.Parse(flag.Args()[1:])
		}
	}
	if err := send(*method, url, *body, fields); err != nil {
		fmt.Fprintln(os.Stderr, "curl:", err)
		os.Exit(7)
	}
}

func send(method, url, body string, fields headers) error {
	if method == "" && body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ":")
		r.Header.Set(name, strings.TrimSpace(value))
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(os.Stdout, res.Body)
	return err
}
