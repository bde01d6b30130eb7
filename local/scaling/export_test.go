package scaling

// Target gives the bounds that hold now.
func (s *Scaler) Target() Target { return s.target }
