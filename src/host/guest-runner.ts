/**
 * Runs a program inside a VM for somebody outside, who has nothing but the guest's agent: `FOLDER PROGRAM WORD…`. What the
 * program says goes to FOLDER/out, from where it is read as it grows; what it reads comes from this script's own input, and
 * then from nobody until it is to end: when FOLDER/end is there, or when nobody has put FOLDER/beat there for 15 seconds, so
 * that it outlives nobody. Its exit code is the script's; 127 where there is no such program.
 * In sh, because the guest is somebody's, and may have nothing else.
 */
export const guestRunner = `umask 077
folder=$1
shift
mkdir "$folder" || exit 73
command -v "$1" >/dev/null || { rm -r "$folder"; exit 127; }
mkfifo "$folder/in"
exec 3<>"$folder/in"
cat >"$folder/head"
cat "$folder/head" >&3 &
"$@" <"$folder/in" >"$folder/out" &
program=$!
(
	exec </dev/null >/dev/null 2>&1 3>&-
	silent=0
	while kill -0 $program && [ $silent -lt 15 ] && [ ! -e "$folder/end" ]; do
		sleep 1
		silent=$((silent + 1))
		[ -e "$folder/beat" ] && rm "$folder/beat" && silent=0
	done
	kill -INT $program && sleep 2
	kill -KILL $program
	while [ $silent -lt 15 ] && [ -e "$folder" ]; do
		sleep 1
		silent=$((silent + 1))
		[ -e "$folder/beat" ] && rm "$folder/beat" && silent=0
	done
	rm -rf "$folder"
) &
wait $program
`;
