package fakekubo

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// answer does what a command says.
func (n *Node) answer(w http.ResponseWriter, r *http.Request, command string, body []byte) {
	cid := r.URL.Query().Get("arg")
	switch command {
	case "id":
		reply(w, map[string]any{"ID": "12D3KooWFake", "AgentVersion": "fakekubo"})
	case "add":
		n.add(w, r, body)
	case "cat":
		n.cat(w, r, cid)
	case "pin/add":
		n.set(func() { n.pins[cid] = true })
		reply(w, map[string]any{"Pins": []string{cid}})
	case "pin/rm":
		pinned := false
		n.set(func() {
			pinned = n.pins[cid]
			delete(n.pins, cid)
		})
		if !pinned {
			complain(w, http.StatusInternalServerError, "not pinned or pinned indirectly")
			return
		}
		reply(w, map[string]any{"Pins": []string{cid}})
	case "block/rm":
		out := map[string]any{"Hash": cid}
		n.set(func() {
			if n.pins[cid] {
				out["Error"] = "pinned: recursive"
				return
			}
			delete(n.blocks, cid)
		})
		reply(w, out)
	default:
		http.NotFound(w, r)
	}
}

func (n *Node) add(w http.ResponseWriter, r *http.Request, body []byte) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		complain(w, http.StatusBadRequest, "file argument 'path' is required")
		return
	}
	part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
	if err != nil {
		complain(w, http.StatusBadRequest, "file argument 'path' is required")
		return
	}
	content, err := io.ReadAll(part)
	if err != nil {
		complain(w, http.StatusInternalServerError, err.Error())
		return
	}
	cid := CID(content)
	n.set(func() {
		n.blocks[cid] = content
		if r.URL.Query().Get("pin") != "false" {
			n.pins[cid] = true
		}
	})
	reply(w, map[string]any{"Name": part.FileName(), "Hash": cid, "Size": strconv.Itoa(len(content))})
}

func (n *Node) cat(w http.ResponseWriter, r *http.Request, cid string) {
	var content []byte
	found := false
	n.set(func() {
		content, found = n.blocks[cid]
		content = bytes.Clone(content)
		if n.wrong {
			for i := range content {
				content[i] ^= 0x55
			}
		}
	})
	if !found {
		complain(w, http.StatusInternalServerError, "block was not found locally (offline): ipld: could not find "+cid)
		return
	}
	if limit, err := strconv.Atoi(r.URL.Query().Get("length")); err == nil && limit < len(content) {
		content = content[:limit]
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write(content)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// CID is the name that a node gives to content of one block: CIDv1, raw, SHA-256.
func CID(content []byte) string {
	sum := sha256.Sum256(content)
	raw := append([]byte{1, 0x55, 0x12, 0x20}, sum[:]...)
	return "b" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}
