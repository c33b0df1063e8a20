package simulate

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"tracedge/core/digest"
)

// storageCounts are what storage history counts, by the name of the count.
type storageCounts map[string]int64

// checkUploads compares what storage history says with what the services outside hold, and its sums with its records:
// those of each account, and those of all.
func (w *World) checkUploads() {
	pinned := w.outside.node().Pinned()
	owners := w.itemOwners()
	want := map[string]storageCounts{"storage": {}} // by partition; "storage" is all of its shards
	count := func(partition, name string) {
		if want[partition] == nil {
			want[partition] = storageCounts{}
		}
		want[partition][name]++
		want["storage"][name]++
	}
	tracked, got := map[string]bool{}, map[string]storageCounts{}
	for _, r := range w.state() {
		parts := strings.Split(r.Key, "/")
		if len(parts) < 4 || parts[2] != "storage" && parts[2] != "storagecount" {
			continue
		}
		if parts[2] == "storagecount" {
			note(got, parts, r.Doc)
			continue
		}
		var doc struct {
			ID       string `json:"outbox_id"`
			Status   string
			User     string                              `json:"user_id"`
			Type     string                              `json:"adapter_type"`
			Hash     string                              `json:"content_hash"`
			Location struct{ IPFS struct{ CID string } } `json:"storage_location"`
		}
		_ = json.Unmarshal([]byte(r.Doc), &doc) // what is no such record has none of these
		dfid, owner := parts[1], "user/"+owners[parts[1]]
		switch parts[3] {
		case "record":
			count(owner, "records/"+doc.Type)
			if !tracked[dfid] {
				tracked[dfid] = true
				count(owner, "items")
			}
			if content, there := pinned[doc.Location.IPFS.CID]; !there || digest.OfText(content) != doc.Hash {
				w.violate("what was acknowledged is there", "%s is stored as %s, which the node of IPFS does not hold like that", dfid, doc.Location.IPFS.CID)
			}
		case "pending":
			count("user/"+doc.User, "failed/"+doc.Type)
			if doc.Status != "failed" {
				w.violate("everything comes to rest", "upload %s of %s is %s for ever", doc.ID, dfid, doc.Status)
			}
		case "content":
			w.violate("everything comes to rest", "%s is kept after its upload has ended", r.Key)
		}
	}
	for _, partition := range slices.Sorted(maps.Keys(want)) {
		if !maps.Equal(want[partition], got[partition]) && len(want[partition])+len(got[partition]) > 0 {
			w.violate("sums agree with what they count", "%s counts %v of its uploads and records, there are %v", partition, got[partition], want[partition])
		}
	}
}

// note adds a stored count to those of its partition.
func note(counts map[string]storageCounts, parts []string, doc string) {
	partition, name := parts[0]+"/"+parts[1], strings.Join(parts[3:], "/")
	if parts[0] == "storage" {
		partition = "storage"
	}
	var n int64
	if json.Unmarshal([]byte(doc), &n) != nil || n == 0 {
		return // a time, or all that was counted has ended
	}
	if counts[partition] == nil {
		counts[partition] = storageCounts{}
	}
	if counts[partition][name] += n; counts[partition][name] == 0 {
		delete(counts[partition], name)
	}
}

// itemOwners are the owners of all items by DFID.
func (w *World) itemOwners() map[string]string {
	out := map[string]string{}
	for _, r := range w.state() {
		dfid, is := strings.CutSuffix(strings.TrimPrefix(r.Key, "item/"), "/item")
		var doc struct {
			Owner string `json:"owner_user_id"`
		}
		if is && strings.HasPrefix(r.Key, "item/") && json.Unmarshal([]byte(r.Doc), &doc) == nil {
			out[dfid] = doc.Owner
		}
	}
	return out
}

// uploadEnded reports whether an upload has an outcome: a record, or an entry that says that it has failed. Of several with
// the same content one has the record for all.
func (w *World) uploadEnded(dfid, id string) bool {
	prefix := "item/" + dfid + "/storage/"
	for _, r := range w.state() {
		rest, of := strings.CutPrefix(r.Key, prefix)
		if of && (strings.HasPrefix(rest, "record/") || strings.HasPrefix(rest, "pending/") && strings.HasSuffix(rest, id)) {
			return true
		}
	}
	return false
}
