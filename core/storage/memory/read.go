package memory

import "tracedge/core/storage/wire"

func (p *partition) read(req wire.ReadRequest, now int64) wire.ReadReply {
	reply := wire.ReadReply{OK: true}
	for _, key := range req.Keys {
		if r, ok := p.get(key, now); ok {
			reply.Records = append(reply.Records, r)
		}
	}
	for _, s := range req.Scans {
		reply.Scans = append(reply.Scans, p.scan(s, now))
	}
	return reply
}

// scan lists one page. It ends at the limit, or with the record that takes its documents beyond wire.MaxPage.
func (p *partition) scan(s wire.Scan, now int64) wire.ScanReply {
	var page wire.ScanReply
	bytes := 0
	for _, r := range walk(p.records, spanOf(s.Prefix, s.After, "", s.Reverse)) {
		if !live(r, now) {
			continue
		}
		if page.Count == s.Limit || bytes > wire.MaxPage {
			page.More = true
			break
		}
		page.Records = append(page.Records, r)
		page.Count++
		page.Max = max(page.Max, r.Version)
		bytes += len(r.Doc)
	}
	return page
}

// unchanged tells whether the range holds now what it held when it was read. A write after that has a greater version
// than all there was, so a change shows in the greatest version or, for a removal alone, in the count.
func (p *partition) unchanged(g wire.Range, now int64) bool {
	count, newest := 0, int64(0)
	for _, r := range walk(p.records, spanOf(g.Prefix, g.After, g.Until, g.Reverse)) {
		if live(r, now) {
			count++
			newest = max(newest, r.Version)
		}
	}
	return count == g.Count && newest == g.Max
}
