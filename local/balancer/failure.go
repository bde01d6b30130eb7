package balancer

import (
	"net/http"
	"strconv"
)

// answer is the head of what a client gets.
type answer struct {
	status   int
	reason   []byte  // nil is the usual one
	fields   []field // of a target; the ones of one connection are left out
	length   int64   // of the body; unknownLength where nobody knows
	bodyless bool    // it ends with its head, whatever the length says
	upgrade  bool    // the connection goes over to another protocol
}

// statusClientGone is no answer: nobody is there to get one. The access log
// has it (AWS: 460 in "Troubleshoot your Application Load Balancers").
const statusClientGone = 460

var (
	serverName  = []byte("Server")
	serverValue = []byte("awselb/2.0")
	typeName    = []byte("Content-Type")
	htmlType    = []byte("text/html")
	placeName   = []byte("Location")
)

// page is the HTML that ALB sends with an error of its own.
func page(status int) []byte {
	title := strconv.Itoa(status) + " " + reasonOf(status)
	return []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n</body>\r\n</html>\r\n")
}

// reasonOf is a status line's text, ALB's where it has its own.
func reasonOf(status int) string {
	switch status {
	case http.StatusServiceUnavailable:
		return "Service Temporarily Unavailable"
	case http.StatusGatewayTimeout:
		return "Gateway Time-out"
	case http.StatusRequestTimeout:
		return "Request Time-out"
	case http.StatusRequestURITooLong:
		return "Request-URI Too Large"
	case http.StatusMethodNotAllowed:
		return "Not Allowed"
	case 463:
		return "X-Forwarded-For Header With Too Many IP Addresses"
	}
	return http.StatusText(status)
}

// fail answers with an error of the balancer's own.
func (x *exchange) fail(status int) error {
	x.count(func(c *Counts) { c.answeredItself(status) })
	if status == statusClientGone {
		x.status, x.closes = status, true
		return errClientGone
	}
	body := page(status)
	return x.answer(&answer{
		status: status, length: int64(len(body)),
		fields: []field{{name: serverName, value: serverValue}, {name: typeName, value: htmlType}},
	}, body)
}

// fixed answers as a fixed-response action says.
func (x *exchange) fixed(f *Fixed) error {
	x.actions = "fixed-response"
	x.count(func(c *Counts) {
		c.Fixed++
		if f.Status >= 400 {
			c.answeredItself(f.Status)
		}
	})
	fields := []field{{name: serverName, value: serverValue}}
	if f.ContentType != "" {
		fields = append(fields, field{name: typeName, value: []byte(f.ContentType)})
	}
	return x.answer(&answer{status: f.Status, length: int64(len(f.Body)), fields: fields}, []byte(f.Body))
}

// redirect answers as a redirect action says.
func (x *exchange) redirect(d *Redirect) error {
	x.actions = "redirect"
	x.location = d.location(&x.request, x.listener.defaultPort(), x.listener.Balancer.portHere)
	x.count(func(c *Counts) { c.Redirects++; c.answeredItself(http.StatusFound) })
	status := http.StatusFound
	if d.Permanent {
		status = http.StatusMovedPermanently
	}
	body := page(status)
	return x.answer(&answer{status: status, length: int64(len(body)), fields: []field{
		{name: serverName, value: serverValue}, {name: typeName, value: htmlType}, {name: placeName, value: []byte(x.location)},
	}}, body)
}

// answer sends a whole answer of the balancer's own.
func (x *exchange) answer(a *answer, body []byte) error {
	a.bodyless = string(x.method) == http.MethodHead
	x.status = a.status
	x.client.begin(a)
	if !a.bodyless {
		if err := x.client.write(body); err != nil {
			return err
		}
	}
	return x.client.end()
}
