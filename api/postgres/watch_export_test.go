package postgres

// Pulse is how often a listener that hears nothing asks the server, and
// Deafness how long it may take to find out that no answer comes.
const (
	Pulse    = pulse
	Deafness = pulse + pulseTimeout
)
