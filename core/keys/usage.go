package keys

import (
	"strings"
	"time"

	"tracedge/core/storage"
	"tracedge/core/web"
)

type usageQuery struct {
	Days int64 `query:"days" default:"7" doc:"Taken into 1 to 90"`
}

// usageReply is the use of a key over the last days, today included.
type usageReply struct {
	Total      web.JSSafe      `json:"total_requests"`
	Successful web.JSSafe      `json:"successful_requests" doc:"Answered with less than 400"`
	Failed     web.JSSafe      `json:"failed_requests"`
	Average    float64         `json:"avg_response_time_ms"`
	LastUsedAt *web.TimeOffset `json:"last_used_at"`
	Days       []dayUsage      `json:"daily_usage" doc:"Ascending, days with requests only"`
}

type dayUsage struct {
	Date     string `json:"date" format:"date"`
	Requests int64  `json:"requests"`
	Errors   int64  `json:"errors"`

	micros int64
}

func (s *Service) usage(c *web.Call) (any, error) {
	f, err := s.own(c)
	if err != nil {
		return nil, err
	}
	days := min(max(web.Query[usageQuery](c).Days, 1), usageMemory)
	first := c.Now().Add(-time.Duration(days-1) * 24 * time.Hour)
	p := Partition(f.Hash)
	page, err := s.store.Scan(c.Context(), "keys_read_usage", p, usagePrefix(p),
		storage.Page{After: p.Key("usage", dayOf(first)), Limit: 1000}) // three numbers a day
	if err != nil {
		return nil, err
	}
	list, err := byDay(page.Records)
	if err != nil {
		return nil, err
	}
	return sum(list, f.used), nil
}

// byDay gathers the numbers of days, in order.
func byDay(records []storage.Record) ([]dayUsage, error) {
	var out []dayUsage
	for _, r := range records {
		parts := strings.Split(string(r.Key), "/")
		day, part := parts[len(parts)-2], parts[len(parts)-1]
		if len(out) == 0 || out[len(out)-1].Date != day {
			out = append(out, dayUsage{Date: day})
		}
		var n int64
		if err := r.Decode(&n); err != nil {
			return nil, err
		}
		switch d := &out[len(out)-1]; part {
		case requestsPart:
			d.Requests = n
		case errorsPart:
			d.Errors = n
		case microsPart:
			d.micros = n
		}
	}
	return out, nil
}

func sum(list []dayUsage, used *time.Time) usageReply {
	reply := usageReply{Days: make([]dayUsage, 0, len(list))}
	var micros int64
	for _, d := range list {
		if d.Requests == 0 {
			continue
		}
		reply.Days = append(reply.Days, d)
		reply.Total += web.JSSafe(d.Requests)
		reply.Failed += web.JSSafe(d.Errors)
		micros += d.micros
	}
	reply.Successful = reply.Total - reply.Failed
	if reply.Total > 0 {
		reply.Average = float64(micros) / float64(reply.Total) / 1000
	}
	if used != nil {
		at := web.TimeOffset(*used)
		reply.LastUsedAt = &at
	}
	return reply
}
