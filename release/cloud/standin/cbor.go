package standin

import (
	"encoding/binary"
	"encoding/json"
	"math"
)

// fromJSON writes a JSON document as CBOR, which newer APIs of AWS speak
// (RFC 8949; Smithy: "Smithy RPC v2 CBOR protocol").
func fromJSON(document string) string {
	var value any
	if json.Unmarshal([]byte(document), &value) != nil || value == nil {
		value = map[string]any{}
	}
	return string(appendCBOR(nil, value))
}

func appendCBOR(to []byte, value any) []byte {
	const text, list, object = 3 << 5, 4 << 5, 5 << 5
	switch v := value.(type) {
	case string:
		return append(appendHead(to, text, len(v)), v...)
	case []any:
		to = appendHead(to, list, len(v))
		for _, one := range v {
			to = appendCBOR(to, one)
		}
		return to
	case map[string]any:
		to = appendHead(to, object, len(v))
		for key, one := range v {
			to = appendCBOR(appendCBOR(to, key), one)
		}
		return to
	case float64:
		return binary.BigEndian.AppendUint64(append(to, 0xfb), math.Float64bits(v))
	case bool:
		if v {
			return append(to, 0xf5)
		}
		return append(to, 0xf4)
	}
	return append(to, 0xf6)
}

func appendHead(to []byte, kind byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(to, kind|26), uint32(n))
}
