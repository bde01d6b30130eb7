package standin

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// begin is when everything here happened; events follow by a second each.
var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// known answers what is kept here; of everything else there is nothing.
func (a *AWS) known(w http.ResponseWriter, c call) {
	switch c.action {
	case "GetCallerIdentity":
		c.answer(w, "<Account>"+AccountID+"</Account><Arn>arn:aws:iam::"+AccountID+":user/test</Arn><UserId>X</UserId>")
	case "GetParameter":
		a.parameter(w, c)
	case "GetSecretValue", "DescribeSecret", "CreateSecret":
		a.secret(w, c)
	case "DescribeStacks", "DescribeStackEvents", "DescribeChangeSet", "DeleteChangeSet":
		a.stack(w, c)
	case "DescribeImages":
		a.describeImages(w, c)
	case "DescribeServices":
		c.answer(w, `{"services":[]}`)
	case "GetServiceQuota":
		c.refuse(w, "NoSuchResourceException", "not here")
	case "DescribeRepositories":
		c.refuse(w, "RepositoryNotFoundException", "not here")
	case "DescribeDBClusters":
		c.refuse(w, "DBClusterNotFoundFault", "not here")
	case "DescribeLoadBalancers":
		c.refuse(w, "LoadBalancerNotFound", "not here")
	case "DescribeTargetGroups":
		if name := c.form.Get("Names.member.1"); name == "" || name != a.LiveGroup {
			c.refuse(w, "TargetGroupNotFound", "not here")
			return
		}
		c.answer(w, "<TargetGroups><member>"+element("TargetGroupArn", "arn:tg")+"</member></TargetGroups>")
	default:
		c.answer(w, "")
	}
}

func (a *AWS) parameter(w http.ResponseWriter, c call) {
	name, _ := c.body["Name"].(string)
	value, ok := a.Parameters[name]
	if !ok {
		c.refuse(w, "ParameterNotFound", "no such parameter")
		return
	}
	c.json(w, map[string]any{"Parameter": map[string]any{"Name": name, "Type": "String", "Value": value}})
}

func (a *AWS) secret(w http.ResponseWriter, c call) {
	name, _ := c.body["SecretId"].(string)
	if c.action == "CreateSecret" {
		name, _ = c.body["Name"].(string)
	}
	value, ok := a.Secrets[name]
	answer := map[string]any{"Name": name, "ARN": "arn:aws:secretsmanager:ap-southeast-2:" + AccountID + ":secret:" + name + "-AbCdEf"}
	switch {
	case c.action == "CreateSecret" && ok:
		c.refuse(w, "ResourceExistsException", "it exists")
		return
	case c.action == "CreateSecret":
		a.Secrets[name], _ = c.body["SecretString"].(string)
	case !ok:
		c.refuse(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	case c.action == "GetSecretValue":
		answer["SecretString"] = value
	}
	c.json(w, answer)
}

func (c call) json(w http.ResponseWriter, answer any) {
	content, _ := json.Marshal(answer)
	c.answer(w, string(content))
}

func (a *AWS) stack(w http.ResponseWriter, c call) {
	name := c.form.Get("StackName")
	if _, rest, ok := strings.Cut(name, ":stack/"); ok {
		name, _, _ = strings.Cut(rest, "/")
	}
	stack := a.Stacks[name]
	switch {
	case c.action == "DeleteChangeSet":
		c.answer(w, "")
	case c.action == "DescribeChangeSet":
		c.refuse(w, "ChangeSetNotFound", "there is no such change set")
	case stack == nil:
		c.refuse(w, "ValidationError", "Stack with id "+name+" does not exist")
	case c.action == "DescribeStacks":
		c.answer(w, "<Stacks><member>"+stack.xml()+"</member></Stacks>")
	default:
		c.answer(w, "<StackEvents>"+stack.eventsXML()+"</StackEvents>")
	}
}

// StackID is a stack's whole ARN.
func StackID(name string) string {
	return "arn:aws:cloudformation:ap-southeast-2:" + AccountID + ":stack/" + name + "/1"
}

func element(name, text string) string {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text))
	return "<" + name + ">" + escaped.String() + "</" + name + ">"
}

func (s *Stack) xml() string {
	text := element("StackName", s.Name) + element("StackId", StackID(s.Name)) + element("StackStatus", s.Status) +
		element("CreationTime", begin.Format(time.RFC3339)) + element("StackStatusReason", s.Reason) + "<Outputs>"
	for key, value := range s.Outputs {
		text += "<member>" + element("OutputKey", key) + element("OutputValue", value) + "</member>"
	}
	text += "</Outputs><Parameters>"
	for key, value := range s.Parameters {
		text += "<member>" + element("ParameterKey", key) + element("ParameterValue", value) + "</member>"
	}
	return text + "</Parameters>"
}

// eventsXML lists the newest first, as CloudFormation does.
func (s *Stack) eventsXML() string {
	text := ""
	for i, e := range slices.Backward(s.Events) {
		text += "<member>" + element("EventId", fmt.Sprintf("%s-%d", s.Name, i)) + element("StackName", s.Name) + element("StackId", StackID(s.Name)) +
			element("LogicalResourceId", e.ID) + element("ResourceType", e.Type) + element("ResourceStatus", e.Status) +
			element("ResourceStatusReason", e.Reason) + element("Timestamp", begin.Add(time.Duration(i)*time.Second).Format(time.RFC3339)) + "</member>"
	}
	return text
}
