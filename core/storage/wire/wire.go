// Package wire is the protocol between the store and what keeps the data: two calls of a sequencer, two of the edge
// replica. Each call is one JSON value in and one out, so that it crosses the boundary of the module as one string.
//
// A partition is the root entity of its keys; every key is `<partition>/<rest>`. A version is a whole number that grows
// with each commit of the partition and doubles as the commit's time in Unix milliseconds unless commits come faster
// than that.
package wire

// Record is a JSON document under a key.
type Record struct {
	Key     string `json:"k"`
	Version int64  `json:"v"`
	Doc     string `json:"d"`
	Expires int64  `json:"x,omitempty"` // Unix milliseconds; 0 is never
	EdgeKey string `json:"e,omitempty"` // key of the replica in KV; empty is not replicated
}

// Scan asks for the records under a prefix in key order, strictly beyond After ("" is from the start).
type Scan struct {
	Prefix  string `json:"prefix"`
	After   string `json:"after,omitempty"`
	Limit   int    `json:"limit"` // 1 to MaxScan
	Reverse bool   `json:"reverse,omitempty"`
}

// ReadRequest asks one partition for records by key and by prefix, all of one moment.
type ReadRequest struct {
	Partition string   `json:"partition"`
	Keys      []string `json:"keys,omitempty"`
	Scans     []Scan   `json:"scans,omitempty"`
}

// ReadReply holds the records that exist, and one ScanReply for each scan.
type ReadReply struct {
	OK      bool        `json:"ok"`
	Error   string      `json:"error,omitempty"`
	Message string      `json:"message,omitempty"`
	Records []Record    `json:"records,omitempty"`
	Scans   []ScanReply `json:"scans,omitempty"`
}

// ScanReply is one page. Count and Max (the greatest version) identify the page exactly: any later change inside its
// range changes one of the two.
type ScanReply struct {
	Records []Record `json:"records"`
	More    bool     `json:"more"`
	Count   int      `json:"count"`
	Max     int64    `json:"max"`
}

// Range is a page that was read, to be found unchanged by a commit: from beyond After up to and including Until ("" is
// the end of the prefix).
type Range struct {
	Prefix  string `json:"prefix"`
	After   string `json:"after,omitempty"`
	Until   string `json:"until,omitempty"`
	Reverse bool   `json:"reverse,omitempty"`
	Count   int    `json:"count"`
	Max     int64  `json:"max"`
}

// KeyVersion is a record that was read: its key and its version, 0 when it was absent. On the wire a pair.
type KeyVersion struct {
	Key     string
	Version int64
}

// Put writes a record.
type Put struct {
	Key     string `json:"k"`
	Doc     string `json:"d"`
	Expires int64  `json:"x,omitempty"`
	EdgeKey string `json:"e,omitempty"`
}

// Add changes a record that is a number by N, decided by the sequencer within the bounds that are set. An absent record
// counts as 0.
type Add struct {
	Key     string `json:"k"`
	N       int64  `json:"n"`
	Min     *int64 `json:"min,omitempty"`
	Max     *int64 `json:"max,omitempty"`
	Expires int64  `json:"x,omitempty"`
	EdgeKey string `json:"e,omitempty"`
}

// CommitRequest changes one partition, all or nothing.
type CommitRequest struct {
	Partition string       `json:"partition"`
	Token     string       `json:"token"` // 16 to 64 of [0-9a-zA-Z-]; a repeat answers as the first time
	Reads     []KeyVersion `json:"reads,omitempty"`
	Ranges    []Range      `json:"ranges,omitempty"`
	Puts      []Put        `json:"puts,omitempty"`
	Deletes   []string     `json:"deletes,omitempty"`
	Adds      []Add        `json:"adds,omitempty"`
}

// The values of CommitReply.Error.
const (
	Conflict = "conflict" // Keys moved since they were read
	Bound    = "bound"    // the number at Key, now Value, would leave its bounds
	Invalid  = "invalid"  // the request is malformed; Message says how
)

// CommitReply is the outcome of a commit.
type CommitReply struct {
	OK       bool     `json:"ok"`
	Version  int64    `json:"version,omitempty"`
	Sums     []KeySum `json:"sums,omitempty"` // new values of the numbers in Adds
	Replayed bool     `json:"replayed,omitempty"`
	Error    string   `json:"error,omitempty"`
	Keys     []string `json:"keys,omitempty"`
	Key      string   `json:"key,omitempty"`
	Value    int64    `json:"value,omitempty"`
	Message  string   `json:"message,omitempty"`
}

// KeySum is the new value of a number. On the wire a pair.
type KeySum struct {
	Key   string
	Value int64
}

// EdgeGetRequest asks KV for the replicas under at most MaxEdgeKeys keys.
type EdgeGetRequest struct {
	Keys []string `json:"keys"`
}

// EdgeScanRequest asks KV for the replicas under a prefix, a page at a time.
type EdgeScanRequest struct {
	Prefix string `json:"prefix"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"` // 1 to MaxScan
}

// EdgeReply holds the replicas that KV shows here and now; their Key is the key in KV. Cursor is "" on the last page.
type EdgeReply struct {
	Records []Record `json:"records"`
	Cursor  string   `json:"cursor"`
}

// The limits that every back end enforces.
const (
	MaxKey      = 512              // bytes of a key
	MaxDoc      = 3 << 19          // bytes of a document: 1.5 MiB
	MaxScan     = 1000             // records of a page
	MaxPage     = 4 << 20          // bytes of documents after which a page ends
	MaxEdgeKeys = 100              // keys of an edge read
	MaxNumber   = int64(1)<<53 - 1 // magnitude of a number
)
