# How many are inside: the latest scan of each ticket, by one reduce over the stream put in order of time.
# jq -n -c -f occupancy.jq FILE
{
  occupancy: (
    [inputs | [.timestamp, .ticket_id, .scan_type]] | sort_by(.[0])
    | reduce .[] as $scan ({}; .[$scan[1]] = $scan[2])
    | map(select(. == "entry")) | length
  )
}
