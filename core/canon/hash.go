package canon

import "tracedge/core/digest"

// ContentHash names what an event says: BLAKE3-256, in hex, of the item's dfid, the type's name, the source and the
// canonical metadata, one behind the other.
func ContentHash(dfid, eventType, source string, metadata Object) string {
	text := make([]byte, 0, len(dfid)+len(eventType)+len(source)+256)
	text = append(append(append(text, dfid...), eventType...), source...)
	return digest.Of(appendObject(text, metadata.members))
}
