package rest

// Routes are the server's routes, such as "GET /api/v1/products".
func (s *Server) Routes() []string {
	var all []string
	for _, r := range s.routes() {
		all = append(all, r.method+" "+r.path)
	}
	return all
}
